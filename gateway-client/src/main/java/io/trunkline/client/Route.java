package io.trunkline.client;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where to connect next. Event loop only. */
final class Route {
  private final List<Endpoint> known;
  private int next;
  private @Nullable Endpoint once;
  private Endpoint last;

  Route(List<URI> urls) {
    known = urls.stream().map(Endpoint::of).toList();
    last = known.get(0);
  }

  Endpoint take() {
    last = once != null ? once : known.get(next);
    once = null;
    return last;
  }

  /** Not the same again, if there is another. */
  void elsewhere() {
    next = (next + 1) % known.size();
  }

  /**
   * There, for one attempt.
   *
   * @throws IllegalArgumentException says what is wrong with the address
   */
  void once(String address) {
    once = last.elsewhere(address);
  }
}
