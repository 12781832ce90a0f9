package io.trunkline.gateway.streams;

import io.netty.channel.EventLoop;
import io.trunkline.persistence.MessageStore;
import io.trunkline.persistence.MessageStore.UserPage;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what sessions miss, for many of them with one query, and hands the pages back on their
 * event loops. While the database is away the questions wait. Asked from any thread.
 */
final class PageReader implements Pages, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PageReader.class);
  private static final int MAX_QUESTIONS = 128;
  private static final long RETRY_MS = 500;

  private sealed interface Question {
    EventLoop loop();
  }

  private record OfUser(UserPage page, EventLoop loop, Consumer<List<StoredMessage>> then)
      implements Question {}

  private record OfMany(ManyPage page, EventLoop loop, Consumer<ManyAnswer> then)
      implements Question {}

  /** A page of a stream for many; the same one is read once for all who ask for it. */
  record ManyPage(StreamKey stream, long after, int limit) {}

  /**
   * @param head where the stream stood before the page was read
   */
  record ManyAnswer(StreamHead head, List<StoredMessage> page) {}

  private final MessageStore store;
  private final LinkedBlockingQueue<Question> waiting = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  PageReader(MessageStore store) {
    this.store = store;
    this.thread = Thread.ofPlatform().name("stream-reader").daemon().start(this::run);
  }

  @Override
  public void ask(UserPage page, EventLoop loop, Consumer<List<StoredMessage>> then) {
    waiting.add(new OfUser(page, loop, then));
  }

  @Override
  public void ask(ManyPage page, EventLoop loop, Consumer<ManyAnswer> then) {
    waiting.add(new OfMany(page, loop, then));
  }

  private void run() {
    List<Question> batch = new ArrayList<>();
    try {
      while (!closed) {
        if (batch.isEmpty()) {
          batch.add(waiting.take());
          waiting.drainTo(batch, MAX_QUESTIONS - 1);
        }
        try {
          answer(batch);
          batch.clear();
        } catch (RuntimeException e) {
          log.warn("what {} sessions miss cannot be read yet: {}", batch.size(), e.toString());
          TimeUnit.MILLISECONDS.sleep(RETRY_MS);
        }
      }
    } catch (InterruptedException e) {
      log.debug("stops", e);
    }
  }

  private void answer(List<Question> batch) {
    List<OfUser> users = new ArrayList<>();
    List<OfMany> many = new ArrayList<>();
    for (Question question : batch) {
      switch (question) {
        case OfUser user -> users.add(user);
        case OfMany one -> many.add(one);
      }
    }
    List<List<StoredMessage>> pages =
        users.isEmpty() ? List.of() : store.read(users.stream().map(OfUser::page).toList());
    Map<ManyPage, ManyAnswer> answers = readMany(many);
    for (int i = 0; i < users.size(); i++) {
      OfUser asked = users.get(i);
      List<StoredMessage> page = pages.get(i);
      hand(asked, () -> asked.then().accept(page));
    }
    for (OfMany asked : many) {
      @Nullable ManyAnswer answer = answers.get(asked.page());
      if (answer != null) {
        hand(asked, () -> asked.then().accept(answer));
      }
    }
  }

  private Map<ManyPage, ManyAnswer> readMany(List<OfMany> many) {
    Map<ManyPage, ManyAnswer> answers = new HashMap<>();
    if (many.isEmpty()) {
      return answers;
    }
    Map<StreamKey, StreamHead> heads =
        store.heads(many.stream().map(one -> one.page().stream()).distinct().toList());
    for (OfMany one : many) {
      ManyPage page = one.page();
      if (!answers.containsKey(page)) {
        answers.put(
            page,
            new ManyAnswer(
                heads.getOrDefault(page.stream(), StreamHead.EMPTY),
                store.read(page.stream(), page.after(), page.limit())));
      }
    }
    return answers;
  }

  private static void hand(Question question, Runnable task) {
    try {
      question.loop().execute(task);
    } catch (java.util.concurrent.RejectedExecutionException e) {
      log.debug("the event loop of a page has stopped", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
