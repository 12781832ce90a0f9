package io.trunkline.gateway.auth;

import io.trunkline.configuration.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Section {@code auth}: whose tokens are accepted. Exactly one of public-key and jwks-url. */
public record AuthConfig(
    @Setting(doc = "File with the issuer's public key, PEM (RSA or EC).") Optional<Path> publicKey,
    @Setting(doc = "Address of the issuer's JSON Web Key Set; fetched and cached.")
        Optional<URI> jwksUrl,
    @Setting(doc = "Required 'iss' claim; without it any.") Optional<String> issuer,
    @Setting(doc = "Required 'aud' claim; without it any.") Optional<String> audience,
    @Setting(
            value = "5s",
            min = "0s",
            max = "5m",
            doc = "How far the issuer's clock may be off ours.")
        Duration clockSkew) {}
