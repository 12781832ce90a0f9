package io.trunkline.gateway.uplink;

import io.trunkline.configuration.ConfigurationException;
import io.trunkline.gateway.session.SessionInfo;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What back ends are told of who calls: what the gateway knows for sure, and nothing that a client
 * made up. docs/BACKENDS.md is the contract. Thread-safe.
 */
public final class CallIdentity {
  private static final Pattern ATTRIBUTE = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");

  private final List<Attribute> attributes;
  private final Optional<IdentitySigner> signer;

  /**
   * A claim that travels.
   *
   * @param header its HTTP header: without underscores, which some proxies drop
   * @param property its JMS property: an identifier, as JMS asks for
   */
  private record Attribute(String claim, String header, String property) {
    static Attribute of(String claim) {
      if (!ATTRIBUTE.matcher(claim).matches()) {
        throw new ConfigurationException(
            "setting 'uplink.identity-attributes': '"
                + claim
                + "' is not 1 to 64 letters, digits, '_' and '-' that begin with a letter");
      }
      return new Attribute(
          claim,
          "tl-attr-" + claim.toLowerCase(Locale.ROOT).replace('_', '-'),
          "tl_attr_" + claim.replace('-', '_'));
    }
  }

  private CallIdentity(List<Attribute> attributes, Optional<IdentitySigner> signer) {
    this.attributes = attributes;
    this.signer = signer;
  }

  /**
   * Makes it.
   *
   * @param attributes names of the token's claims that back ends are told
   * @param key signs; at least 32 bytes in UTF-8
   * @throws ConfigurationException if the key is too short, or a name cannot be a header's
   */
  public static CallIdentity of(
      List<String> attributes, Optional<String> key, InstantSource clock) {
    List<Attribute> all = attributes.stream().map(Attribute::of).toList();
    Set<String> names = new HashSet<>();
    for (Attribute attribute : all) {
      if (!names.add(attribute.header()) || !names.add(attribute.property())) {
        throw new ConfigurationException(
            "setting 'uplink.identity-attributes': back ends could not tell '"
                + attribute.claim()
                + "' from another");
      }
    }
    return new CallIdentity(all, key.map(secret -> new IdentitySigner(secret, clock)));
  }

  /** As the settings say. */
  public static CallIdentity of(UplinkConfig config, InstantSource clock) {
    return of(config.identityAttributes(), config.identityKey(), clock);
  }

  /**
   * The headers of an HTTP request, by their names in lower case, with what may pass of those that
   * the client set. The values can stand in a header as they are.
   */
  public Map<String, String> headers(UplinkCall call) {
    Map<String, String> headers = new LinkedHashMap<>(ClientHeaders.passing(call.headers()));
    UplinkCaller caller = call.caller();
    if (caller.session().isPresent()) {
      SessionInfo session = caller.session().get();
      headers.put("tl-user", HeaderText.encode(caller.user()));
      headers.put("tl-device", HeaderText.encode(session.device()));
      headers.put("tl-session", session.id().toString());
      for (Attribute attribute : attributes) {
        String value = session.claims().get(attribute.claim());
        if (value != null) {
          headers.put(attribute.header(), HeaderText.encode(value));
        }
      }
    } else {
      headers.put("tl-operator", HeaderText.encode(caller.user()));
    }
    headers.putAll(TraceContext.of(call.headers()).named());
    signature(call).ifPresent(jws -> headers.put("tl-identity", jws));
    return headers;
  }

  /** The properties of a JMS message; values as they are. */
  public Map<String, String> properties(UplinkCall call) {
    Map<String, String> properties = new LinkedHashMap<>();
    UplinkCaller caller = call.caller();
    if (caller.session().isPresent()) {
      SessionInfo session = caller.session().get();
      properties.put("tl_user", caller.user());
      properties.put("tl_device", session.device());
      properties.put("tl_session", session.id().toString());
      for (Attribute attribute : attributes) {
        String value = session.claims().get(attribute.claim());
        if (value != null) {
          properties.put(attribute.property(), value);
        }
      }
    } else {
      properties.put("tl_operator", caller.user());
    }
    properties.putAll(TraceContext.of(call.headers()).named());
    signature(call).ifPresent(jws -> properties.put("tl_identity", jws));
    return properties;
  }

  private Optional<String> signature(UplinkCall call) {
    return signer.map(
        with -> {
          Map<String, String> claims = new TreeMap<>();
          call.caller()
              .session()
              .ifPresent(
                  session -> {
                    for (Attribute attribute : attributes) {
                      String value = session.claims().get(attribute.claim());
                      if (value != null) {
                        claims.put(attribute.claim(), value);
                      }
                    }
                  });
          return with.sign(call, claims);
        });
  }
}
