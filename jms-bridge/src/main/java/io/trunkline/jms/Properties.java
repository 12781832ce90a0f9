package io.trunkline.jms;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;

/** Names of the message properties; a contract with other people's programs. */
final class Properties {
  static final String PREFIX = "tl_";

  static final String USER = "tl_user";
  static final String DEVICE = "tl_device";
  static final String SESSION = "tl_session";
  static final String TOPIC = "tl_topic";
  static final String AUDIENCE = "tl_audience";
  static final String TYPE = "tl_type";
  static final String CONTENT_TYPE = "tl_content_type";
  static final String ID = "tl_id";
  static final String KEY = "tl_key";
  static final String EXPECT = "tl_expect";

  /** Where a node has passed the message on to: a node id, or {@link #ALL_NODES}. */
  static final String NODE = "tl_node";

  static final String ALL_NODES = "*";

  /** With {@link #NODE} only: the JMS message id that it had when it was published. */
  static final String ORIGIN_ID = "tl_origin_id";

  /** With {@link #NODE} only: when it was published, milliseconds since 1970 as a string. */
  static final String PUBLISHED = "tl_published";

  /** With {@link #NODE} only: {@link Stamp#epoch} of a stored message. */
  static final String EPOCH = "tl_epoch";

  /** With {@link #NODE} only: {@link Stamp#offset} of a stored message. */
  static final String OFFSET = "tl_offset";

  /** With {@link #NODE} only: it was published as persistent, whatever the copy is. */
  static final String PERSISTENT = "tl_persistent";

  /** With {@link #NODE} only, and not of all nodes: {@link Trail#hops}. */
  static final String HOPS = "tl_hops";

  /** With {@link #HOPS} only: {@link Trail#others}, with commas between them. */
  static final String OTHERS = "tl_others";

  /** What nodes set and nobody else. */
  static final List<String> OF_NODES =
      List.of(NODE, ORIGIN_ID, PUBLISHED, EPOCH, OFFSET, PERSISTENT, HOPS, OTHERS);

  static final Set<String> DOWNLINK =
      Set.of(
          USER,
          DEVICE,
          SESSION,
          TOPIC,
          AUDIENCE,
          TYPE,
          CONTENT_TYPE,
          ID,
          KEY,
          EXPECT,
          NODE,
          ORIGIN_ID,
          PUBLISHED,
          EPOCH,
          OFFSET,
          PERSISTENT,
          HOPS,
          OTHERS);

  static final String STATUS = "tl_status";
  static final String RECEIPT_ID = "tl_receipt_id";
  static final String EVENT = "tl_event";

  static final String SERVICE = "tl_service";
  static final String METHOD = "tl_method";

  /** Time left when a request is sent, milliseconds as a long. */
  static final String DEADLINE_MS = "tl_deadline_ms";

  static final String MESSAGE = "tl_message";
  static final String RETRY_AFTER_MS = "tl_retry_after_ms";

  static final String REJECT_CODE = "tl_reject_code";
  static final String REJECT_REASON = "tl_reject_reason";
  static final String REJECT_ORIGINAL_ID = "tl_reject_original_id";

  /** Standard: messages of one group keep their order. */
  static final String GROUP = "JMSXGroupID";

  /** Artemis: a second message with the same value is ignored. */
  static final String DUPLICATE_ID = "_AMQ_DUPL_ID";

  /** Artemis: when a message expired that has been moved for it; milliseconds since 1970. */
  static final String ACTUAL_EXPIRY = "_AMQ_ACTUAL_EXPIRY";

  private Properties() {}

  static List<String> names(Message message) throws JMSException {
    List<String> names = new ArrayList<>();
    Enumeration<?> each = message.getPropertyNames();
    while (each.hasMoreElements()) {
      names.add((String) each.nextElement());
    }
    return names;
  }
}
