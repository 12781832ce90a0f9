package io.trunkline.persistence;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

final class JpaOperatorStore implements OperatorStore {
  private final Orm orm;

  JpaOperatorStore(Orm orm) {
    this.orm = orm;
  }

  @Override
  public void setPassword(String name, char[] password) {
    ConsoleOperator operator = new ConsoleOperator();
    operator.name = name;
    operator.passwordHash = PasswordHash.of(password);
    operator.changedAt = Instant.now();
    orm.sessions().inStatelessTransaction(session -> session.upsert(operator));
  }

  @Override
  public boolean authenticate(String name, char[] password) {
    Optional<String> hash = find(name).map(operator -> operator.passwordHash);
    // The check comes first: an unknown name must cost what a known one costs.
    return PasswordHash.matches(password, hash.orElse(PasswordHash.OF_NOBODY)) && hash.isPresent();
  }

  @Override
  public boolean exists(String name) {
    return find(name).isPresent();
  }

  private Optional<ConsoleOperator> find(String name) {
    return orm.sessions()
        .fromStatelessSession(
            session ->
                Optional.ofNullable(session.get(ConsoleOperator.class, DatabaseText.clean(name))));
  }

  @Override
  public void record(Action action) {
    orm.sessions()
        .inStatelessTransaction(session -> session.insert(OperatorActionRecord.of(action)));
  }

  @Override
  public List<Action> latest(int limit) {
    return orm.sessions()
        .fromStatelessSession(
            session ->
                session
                    .createSelectionQuery(
                        "from OperatorActionRecord a order by a.at desc, a.id desc",
                        OperatorActionRecord.class)
                    .setMaxResults(limit)
                    .getResultStream()
                    .map(OperatorActionRecord::toAction)
                    .toList());
  }
}
