/** Messages to clients: from JMS to sessions, acknowledgements and receipts. */
@NullMarked
package io.trunkline.gateway.downlink;

import org.jspecify.annotations.NullMarked;
