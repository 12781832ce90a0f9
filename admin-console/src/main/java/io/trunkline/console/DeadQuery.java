package io.trunkline.console;

import com.vaadin.flow.data.provider.AbstractBackEndDataProvider;
import com.vaadin.flow.data.provider.Query;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.StoredMessage;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a grid the dead messages that it shows; empty while the database is away. */
final class DeadQuery extends AbstractBackEndDataProvider<StoredMessage, Void> {
  private static final Logger log = LoggerFactory.getLogger(DeadQuery.class);

  private final transient MessageStore messages;
  private Optional<String> user = Optional.empty();

  DeadQuery(MessageStore messages) {
    this.messages = messages;
  }

  void filter(Optional<String> wanted) {
    user = wanted;
    refreshAll();
  }

  Optional<String> user() {
    return user;
  }

  /** How many match now; throws while the database is away. */
  long count() {
    return messages.countDead(user);
  }

  @Override
  public Place getId(StoredMessage message) {
    return Place.of(message);
  }

  @Override
  protected Stream<StoredMessage> fetchFromBackEnd(Query<StoredMessage, Void> query) {
    int offset = query.getOffset();
    int limit = query.getLimit();
    try {
      return messages.dead(user, offset, limit).stream().map(MessageLookup::withoutPayload);
    } catch (RuntimeException e) {
      log.warn("Dead messages cannot be read: {}", e.toString());
      return Stream.empty();
    }
  }

  @Override
  protected int sizeInBackEnd(Query<StoredMessage, Void> query) {
    try {
      return (int) Math.min(count(), Integer.MAX_VALUE);
    } catch (RuntimeException e) {
      log.warn("Dead messages cannot be counted: {}", e.toString());
      return 0;
    }
  }
}
