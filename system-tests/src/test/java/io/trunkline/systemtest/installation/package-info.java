/**
 * The Arquillian container adapter: starts, stops, kills, pauses and wakes nodes, databases and
 * brokers as processes, disturbs the network between them, and tells where they listen. How to use
 * it: {@code docs/TESTING.md}.
 */
@NullMarked
package io.trunkline.systemtest.installation;

import org.jspecify.annotations.NullMarked;
