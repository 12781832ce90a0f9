/** Client tokens: verified with a public key or JWKS, signed with the local development key. */
@NullMarked
package io.trunkline.gateway.auth;

import org.jspecify.annotations.NullMarked;
