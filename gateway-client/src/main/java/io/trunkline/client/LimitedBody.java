package io.trunkline.client;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A body that must not be larger than it is expected to be. */
final class LimitedBody implements BodySubscriber<byte[]> {
  private final BodySubscriber<byte[]> whole = BodySubscribers.ofByteArray();
  private final int maxBytes;
  private long bytes;
  private Flow.@Nullable Subscription subscription;
  private boolean over;

  private LimitedBody(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  static BodyHandler<byte[]> of(int maxBytes) {
    return info -> new LimitedBody(maxBytes);
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return whole.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription to) {
    subscription = to;
    whole.onSubscribe(to);
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    if (over) {
      return;
    }
    for (ByteBuffer part : parts) {
      bytes += part.remaining();
    }
    if (bytes > maxBytes) {
      over = true;
      if (subscription != null) {
        subscription.cancel();
      }
      whole.onError(new IOException("the answer has more than " + maxBytes + " bytes"));
    } else {
      whole.onNext(parts);
    }
  }

  @Override
  public void onError(Throwable failure) {
    if (!over) {
      whole.onError(failure);
    }
  }

  @Override
  public void onComplete() {
    if (!over) {
      whole.onComplete();
    }
  }
}
