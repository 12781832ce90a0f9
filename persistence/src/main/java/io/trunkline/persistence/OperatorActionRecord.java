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
@Table(schema = "trunkline", name = "operator_action")
@SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
class OperatorActionRecord {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  long id;

  Instant at;
  String operator;
  String via;
  String action;
  @Nullable String target;
  String detail;
  String outcome;

  static OperatorActionRecord of(OperatorStore.Action action) {
    OperatorActionRecord entity = new OperatorActionRecord();
    entity.at = action.at();
    entity.operator = DatabaseText.clean(action.operator());
    entity.via = DatabaseText.clean(action.via());
    entity.action = DatabaseText.clean(action.action());
    entity.target = action.target().map(DatabaseText::clean).orElse(null);
    entity.detail = DatabaseText.clean(action.detail());
    entity.outcome = DatabaseText.clean(action.outcome());
    return entity;
  }

  OperatorStore.Action toAction() {
    return new OperatorStore.Action(
        at, operator, via, action, Optional.ofNullable(target), detail, outcome);
  }
}
