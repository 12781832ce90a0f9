package io.trunkline.broker;

import static io.trunkline.broker.Permissions.Action.BROWSE;
import static io.trunkline.broker.Permissions.Action.CONSUME;
import static io.trunkline.broker.Permissions.Action.KEEP;
import static io.trunkline.broker.Permissions.Action.SEND;
import static io.trunkline.broker.Permissions.Action.SUBSCRIBE;
import static io.trunkline.broker.Permissions.Action.SUBSCRIBE_DURABLY;
import static io.trunkline.broker.Permissions.Action.TEMPORARY;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.core.security.Role;

/** Who may do what where. The most specific pattern alone counts; the gateway may do all. */
final class Permissions {
  enum Action {
    SEND,
    CONSUME,
    BROWSE,
    /** A queue that goes with its connection. */
    TEMPORARY,
    /** Non-durable subscription of a topic. */
    SUBSCRIBE,
    SUBSCRIBE_DURABLY,
    /** A queue that stays, made by its first use. */
    KEEP
  }

  private Permissions() {}

  static Map<String, Set<Role>> byAddress() {
    Map<String, Set<Role>> roles = new HashMap<>();
    // Names of temporary queues are random; everything with a name of its own is closed below.
    Role[] ownReplies = {
      role(Users.CONSOLE, SEND, CONSUME, TEMPORARY),
      role(Users.PUBLISHER, SEND, CONSUME, TEMPORARY),
      // Answers go to nodes' temporary queues; it has none itself.
      role(Users.BACK_END, SEND)
    };
    roles.put("#", with(ownReplies));
    roles.put("trunkline.#", with());
    roles.put(Addresses.RECEIPTS_PATTERN, with(role(Users.PUBLISHER, CONSUME, BROWSE, KEEP)));
    roles.put(Addresses.UPLINK_PATTERN, with(role(Users.BACK_END, CONSUME, BROWSE, KEEP)));
    roles.put("activemq.#", with());
    roles.put("$.#", with());
    roles.put(Addresses.DOWNLINK, with(role(Users.CONSOLE, SEND), role(Users.PUBLISHER, SEND)));
    roles.put(Addresses.REJECTED, with(role(Users.PUBLISHER, CONSUME, BROWSE)));
    roles.put(
        Addresses.EVENTS,
        with(
            role(Users.CONSOLE, CONSUME, SUBSCRIBE),
            role(Users.PUBLISHER, CONSUME, SUBSCRIBE, SUBSCRIBE_DURABLY)));
    roles.put(Addresses.CONTROL, with(role(Users.CONSOLE, SEND, CONSUME, SUBSCRIBE)));
    return roles;
  }

  private static Set<Role> with(Role... others) {
    Set<Role> roles = new HashSet<>(List.of(others));
    roles.add(
        new Role(
            Users.GATEWAY, true, true, true, true, true, true, true, true, true, true, true, true));
    return roles;
  }

  private static Role role(String name, Action first, Action... more) {
    EnumSet<Action> may = EnumSet.of(first, more);
    boolean keep = may.contains(KEEP);
    boolean durable = keep || may.contains(SUBSCRIBE_DURABLY);
    boolean temporary = may.contains(TEMPORARY);
    boolean nonDurable = temporary || may.contains(SUBSCRIBE);
    return new Role(
        name,
        may.contains(SEND),
        may.contains(CONSUME),
        /* createDurableQueue= */ durable,
        /* deleteDurableQueue= */ durable,
        /* createNonDurableQueue= */ nonDurable,
        /* deleteNonDurableQueue= */ nonDurable,
        /* manage= */ false,
        may.contains(BROWSE),
        /* createAddress= */ temporary || keep,
        /* deleteAddress= */ temporary || keep,
        /* view= */ false,
        /* edit= */ false);
  }
}
