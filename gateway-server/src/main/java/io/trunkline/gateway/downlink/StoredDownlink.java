package io.trunkline.gateway.downlink;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.streams.Streams;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.JmsBridge.Route;
import io.trunkline.jms.RejectCode;
import io.trunkline.jms.Stamp;
import io.trunkline.jms.Target;
import io.trunkline.persistence.Expected;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.Recipients;
import io.trunkline.persistence.ReplyAddress;
import io.trunkline.persistence.SessionPlace;
import io.trunkline.persistence.StoreResult;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;
import jakarta.persistence.PersistenceException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Persistent messages: first into the database, then to the sessions, here or on other nodes. What
 * was committed and not passed on, because the node died in between, is found by whoever holds the
 * user's session ({@link MessageStore#overdue}), so passing on may fail. On the bridge's threads.
 */
final class StoredDownlink {
  /**
   * The stream of messages for a session that nobody knows: they are settled as failed at once, and
   * found there by their id like any other. No user can have this name: it has a control character.
   */
  private static final StreamKey NOBODY = StreamKey.ofUser("\u0001nobody");

  /** What expires later does not; PostgreSQL's time ends, JMS's does not. */
  private static final Instant END_OF_TIME = Instant.parse("9999-01-01T00:00:00Z");

  static final String NO_SUCH_SESSION = "there is no such session now";

  private final String node;
  private final MessageStore store;
  private final Streams streams;
  private final SessionRegistry registry;
  private final Whereabouts whereabouts;
  private final BooleanSupplier alone;
  private final InstantSource clock;
  private final ReceiptTexts texts;

  StoredDownlink(Downlink.Parts parts, Whereabouts whereabouts, ReceiptTexts texts) {
    this.node = parts.node();
    this.store = parts.store();
    this.streams = parts.streams();
    this.registry = parts.registry();
    this.whereabouts = whereabouts;
    this.alone = parts.alone();
    this.clock = parts.clock();
    this.texts = texts;
  }

  /**
   * Stores, delivers here, and says to which nodes else. A message that the database does not take,
   * for a reason of its own, is refused and does not keep the others.
   */
  List<Route> store(List<DownlinkMessage> batch) {
    try {
      return storeAll(batch);
    } catch (PersistenceException e) {
      if (!MessageStore.refusesData(e)) {
        throw e;
      }
      if (batch.size() == 1) {
        return List.of(new Route.Refused(RejectCode.CANNOT_BE_STORED, "the database refuses it"));
      }
      int half = batch.size() / 2;
      List<Route> routes = new ArrayList<>(store(batch.subList(0, half)));
      routes.addAll(store(batch.subList(half, batch.size())));
      return routes;
    }
  }

  private List<Route> storeAll(List<DownlinkMessage> batch) {
    Map<UUID, String> owners = owners(batch);
    List<NewMessage> messages = new ArrayList<>(batch.size());
    for (DownlinkMessage message : batch) {
      messages.add(unstored(message, stream(message.target(), owners)));
    }
    MessageStore.Storing storing = store.store(node, messages, texts);
    streams.receipts(storing.conflated().receipts());
    List<StoreResult> results = storing.results();
    reportDuplicates(batch, results);
    Map<String, List<SessionPlace>> elsewhere = elsewhere(results);
    List<Route> routes = new ArrayList<>(batch.size());
    for (StoreResult result : results) {
      routes.add(
          switch (result) {
            case StoreResult.Stored stored -> {
              streams.counts().countStored();
              noteIfNobodyIsThere(stored.message(), elsewhere);
              yield deliver(stored.message(), elsewhere);
            }
            case StoreResult.Duplicate duplicate -> {
              streams.counts().countDuplicate();
              // The first time it may have been stored only.
              yield duplicate.message().state() == MessageState.PENDING
                  ? deliver(duplicate.message(), elsewhere)
                  : new Route.Done();
            }
          });
    }
    return routes;
  }

  private void reportDuplicates(List<DownlinkMessage> batch, List<StoreResult> results) {
    List<StoreResult.Duplicate> again = new ArrayList<>();
    List<ReplyAddress> to = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      if (results.get(i) instanceof StoreResult.Duplicate duplicate
          && !duplicate.samePublication()) {
        Optional<ReplyAddress> address = replyTo(batch.get(i));
        if (address.isPresent()) {
          again.add(duplicate);
          to.add(address.get());
        }
      }
    }
    if (!again.isEmpty()) {
      streams.receipts(store.duplicates(again, to, texts));
    }
  }

  /** Sessions of other nodes; one query for all. After storing: who comes later reads it there. */
  private Map<String, List<SessionPlace>> elsewhere(List<StoreResult> results) {
    if (alone.getAsBoolean()) {
      return Map.of();
    }
    Set<Target.User> users = new HashSet<>();
    for (StoreResult result : results) {
      StreamKey stream =
          switch (result) {
            case StoreResult.Stored stored -> stored.message().message().stream();
            case StoreResult.Duplicate duplicate -> duplicate.message().message().stream();
          };
      if (stream.kind() == StreamKey.Kind.USER && !stream.equals(NOBODY)) {
        users.add(new Target.User(stream.name(), Optional.empty()));
      }
    }
    Map<String, List<SessionPlace>> elsewhere = new HashMap<>();
    whereabouts
        .freshly(users)
        .forEach(
            (target, places) ->
                places.stream()
                    .filter(place -> place.connected() && !place.node().equals(node))
                    .forEach(
                        place ->
                            elsewhere
                                .computeIfAbsent(place.user(), user -> new ArrayList<>())
                                .add(place)));
    return elsewhere;
  }

  private Route deliver(StoredMessage stored, Map<String, List<SessionPlace>> elsewhere) {
    Optional<Stamp> stamp = Optional.of(new Stamp(stored.epoch(), stored.offset()));
    StreamKey stream = stored.message().stream();
    if (stream.kind() != StreamKey.Kind.USER) {
      return new Route.ToAllNodes(stamp);
    }
    if (stream.equals(NOBODY)) {
      streams.settle(stored, MessageState.FAILED, NO_SUCH_SESSION);
      return new Route.Done();
    }
    streams.deliver(stored);
    Set<String> nodes = new HashSet<>();
    elsewhere.getOrDefault(stream.name(), List.of()).forEach(place -> nodes.add(place.node()));
    return nodes.isEmpty()
        ? new Route.Done()
        : new Route.ToNodes(nodes, /* servedHere= */ false, stamp);
  }

  /** For the trace: why nothing follows upon STORED for a while. */
  private void noteIfNobodyIsThere(
      StoredMessage stored, Map<String, List<SessionPlace>> elsewhere) {
    StreamKey stream = stored.message().stream();
    if (stream.kind() != StreamKey.Kind.USER || stream.equals(NOBODY)) {
      return;
    }
    Recipients to = stored.message().recipients();
    boolean here =
        registry.ofUser(stream.name()).stream()
            .map(Session::info)
            .anyMatch(info -> isFor(to, info.device(), info.id()));
    boolean there =
        elsewhere.getOrDefault(stream.name(), List.of()).stream()
            .anyMatch(place -> isFor(to, place.device(), place.id()));
    if (!here && !there) {
      streams.waits(
          stored,
          to.session().isPresent()
              ? "the session is not connected now"
              : to.device().isPresent()
                  ? "the user's device is not connected now"
                  : "the user is not connected now");
    }
  }

  private static boolean isFor(Recipients to, String device, UUID session) {
    return to.device().map(device::equals).orElse(true)
        && to.session().map(session::equals).orElse(true);
  }

  /** A message that another node, or this one, has stored and passed on. */
  void passedOn(DownlinkMessage message, Stamp stamp) {
    var stored =
        new StoredMessage(
            unstored(message, stream(message.target(), owners(List.of(message)))),
            stamp.epoch(),
            stamp.offset(),
            MessageState.PENDING,
            /* attempts= */ 0,
            clock.instant());
    if (stored.message().stream().kind() == StreamKey.Kind.USER) {
      streams.deliver(stored);
    } else {
      streams.deliverToMany(stored);
    }
  }

  private NewMessage unstored(DownlinkMessage message, StreamKey stream) {
    return new NewMessage(
        stream,
        message.id(),
        message.jmsMessageId(),
        recipients(message.target()),
        switch (message.expect()) {
          case NONE -> Expected.NOTHING;
          case ACK -> Expected.ACK;
          case REPLY -> Expected.REPLY;
        },
        message.type(),
        message.contentType(),
        message.payload(),
        message.key(),
        message.priority(),
        message.publishedAt(),
        message.expiresAt().filter(end -> end.isBefore(END_OF_TIME)),
        replyTo(message));
  }

  private static Optional<ReplyAddress> replyTo(DownlinkMessage message) {
    return message
        .replyAddress()
        .map(to -> new ReplyAddress(to, message.correlationId().orElse(message.id())));
  }

  /** Whose the sessions are that the batch names; one query for those that are not here. */
  private Map<UUID, String> owners(List<DownlinkMessage> batch) {
    Map<UUID, String> owners = new HashMap<>();
    Set<Target.OneSession> elsewhere = new HashSet<>();
    for (DownlinkMessage message : batch) {
      if (message.target() instanceof Target.OneSession to) {
        registry
            .find(to.session())
            .ifPresentOrElse(
                session -> owners.put(to.session(), session.info().user()),
                () -> elsewhere.add(to));
      }
    }
    whereabouts
        .of(elsewhere)
        .forEach((target, places) -> places.forEach(place -> owners.put(place.id(), place.user())));
    return owners;
  }

  private static StreamKey stream(Target target, Map<UUID, String> owners) {
    return switch (target) {
      case Target.User to -> StreamKey.ofUser(to.user());
      case Target.OneSession to -> {
        String owner = owners.get(to.session());
        yield owner == null ? NOBODY : StreamKey.ofUser(owner);
      }
      case Target.Topic to -> StreamKey.ofTopic(to.topic());
      case Target.Audience _, Target.Everyone _ -> StreamKey.ofBroadcasts();
    };
  }

  private static Recipients recipients(Target target) {
    return switch (target) {
      case Target.User to -> new Recipients(to.device(), Optional.empty(), Optional.empty());
      case Target.OneSession to ->
          new Recipients(Optional.empty(), Optional.of(to.session()), Optional.empty());
      case Target.Audience to ->
          new Recipients(Optional.empty(), Optional.empty(), Optional.of(to.selector()));
      case Target.Topic _, Target.Everyone _ -> Recipients.ALL;
    };
  }
}
