package io.trunkline.gateway.streams;

import io.netty.channel.EventLoop;
import io.trunkline.gateway.streams.PageReader.ManyAnswer;
import io.trunkline.gateway.streams.PageReader.ManyPage;
import io.trunkline.persistence.MessageStore.UserPage;
import io.trunkline.persistence.StoredMessage;
import java.util.List;
import java.util.function.Consumer;

/** Where cursors read what they miss. Does not block; any thread. */
interface Pages {
  /** {@code then} is called on the loop, if the page can be read some time. */
  void ask(UserPage page, EventLoop loop, Consumer<List<StoredMessage>> then);

  /** {@code then} is called on the loop, if the page can be read some time. */
  void ask(ManyPage page, EventLoop loop, Consumer<ManyAnswer> then);
}
