package io.trunkline.console;

import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;

/** Where a message is stored: there is one message at a place. */
record Place(StreamKey stream, long epoch, long offset) {
  static Place of(StoredMessage message) {
    return new Place(message.message().stream(), message.epoch(), message.offset());
  }
}
