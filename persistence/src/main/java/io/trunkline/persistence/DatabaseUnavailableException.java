package io.trunkline.persistence;

/** The database cannot be reached or refuses us; the message says which and why, on one line. */
public final class DatabaseUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  public DatabaseUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
