package io.trunkline.persistence;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@Entity
@Table(schema = "trunkline", name = "ban")
@SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
class UserBan {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  long id;

  String userId;
  @Nullable String deviceId;
  Instant until;
  String reason;

  static UserBan of(BanStore.Ban ban) {
    UserBan entity = new UserBan();
    entity.userId = DatabaseText.clean(ban.user());
    entity.deviceId = ban.device().map(DatabaseText::clean).orElse(null);
    entity.until = ban.until();
    entity.reason = DatabaseText.clean(ban.reason());
    return entity;
  }

  BanStore.Ban toBan() {
    return new BanStore.Ban(userId, Optional.ofNullable(deviceId), until, reason);
  }
}
