package io.trunkline.persistence;

import java.util.List;

final class JpaBanStore implements BanStore {
  private final Orm orm;

  JpaBanStore(Orm orm) {
    this.orm = orm;
  }

  @Override
  public void add(Ban ban) {
    orm.sessions().inStatelessTransaction(session -> session.insert(UserBan.of(ban)));
  }

  @Override
  public List<Ban> active(int limit) {
    return orm.sessions()
        .fromStatelessSession(
            session ->
                session
                    .createSelectionQuery(
                        "from UserBan b where b.until > instant order by b.until desc, b.id desc",
                        UserBan.class)
                    .setMaxResults(limit)
                    .getResultStream()
                    .map(UserBan::toBan)
                    .toList());
  }
}
