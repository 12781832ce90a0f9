package io.trunkline.jms;

/** Why a message was not understood ({@code tl_reject_code}). Names are a contract. */
public enum RejectCode {
  /**
   * A {@code tl_} property of a wrong type, empty, too long or with a value that is not allowed.
   */
  INVALID_PROPERTY,
  /** A property that starts with {@code tl_} and means nothing. */
  UNKNOWN_PROPERTY,
  /** More than one of user, session, topic and audience. */
  CONFLICTING_TARGETS,
  /** {@code tl_audience} is no selector; the reason names the character. */
  INVALID_SELECTOR,
  /** Neither text nor bytes. */
  UNSUPPORTED_BODY,
  TOO_LARGE,
  /** Receipts are not sent to the gateway's own destinations. */
  INVALID_REPLY_TO,
  /** The database does not take it, for a reason that lies in the message. */
  CANNOT_BE_STORED,
  /** The message itself is damaged. */
  UNREADABLE
}
