package io.trunkline.console;

import io.trunkline.jms.JmsConfig;
import io.trunkline.persistence.DatabaseConfig;

/** All settings of the console's process. */
public record ConsoleSettings(DatabaseConfig db, JmsConfig jms, ConsoleConfig console) {}
