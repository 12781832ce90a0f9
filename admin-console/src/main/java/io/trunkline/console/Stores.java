package io.trunkline.console;

import io.trunkline.persistence.Database;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.NodeStore;
import io.trunkline.persistence.OperatorStore;
import io.trunkline.persistence.SessionDirectory;
import java.util.function.BooleanSupplier;

/** What the console uses of the database. */
record Stores(
    SessionDirectory sessions,
    OperatorStore operators,
    NodeStore nodes,
    MessageStore messages,
    BooleanSupplier healthy) {

  static Stores of(Database database) {
    return new Stores(
        database.sessions(),
        database.operators(),
        database.nodes(),
        database.messages(),
        database::healthy);
  }
}
