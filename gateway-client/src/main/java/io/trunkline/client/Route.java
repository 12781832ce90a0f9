package io.trunkline.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where to connect next: where the gateway has just sent this client, else round and round what it
 * was assigned and then what it was built with. Event loop only.
 */
final class Route {
  private final List<Endpoint> known;
  private final boolean assignable;
  private List<Endpoint> assigned = List.of();
  private List<Endpoint> all;
  private long freshUntilNs;
  private boolean fresh;
  private int next;
  private int taken;
  private @Nullable Endpoint once;
  private @Nullable Endpoint last;
  private boolean followed;
  private boolean sentThere;

  /**
   * @param assignable there is somebody to ask; else {@code urls} has one at least
   */
  Route(List<URI> urls, boolean assignable) {
    known = urls.stream().map(Endpoint::of).toList();
    all = known;
    this.assignable = assignable;
  }

  /** Whether somebody is to be asked before the next is taken. */
  boolean wantsAssignment() {
    return assignable
        && once == null
        && (!fresh || next >= assigned.size() || System.nanoTime() - freshUntilNs >= 0);
  }

  /**
   * An assignment, the best first. An empty one leaves what there was.
   *
   * @param keep how long nobody needs to be asked again
   */
  void assigned(List<String> addresses, Duration keep) {
    List<Endpoint> usable = addresses.stream().flatMap(this::read).toList();
    if (usable.isEmpty()) {
      return;
    }
    assigned = usable;
    all = Stream.concat(assigned.stream(), known.stream()).distinct().toList();
    next = 0;
    fresh = true;
    freshUntilNs = System.nanoTime() + keep.toNanos();
  }

  private Stream<Endpoint> read(String address) {
    try {
      return Stream.of(Endpoint.at(address, known.isEmpty() ? null : known.get(0)));
    } catch (IllegalArgumentException e) {
      return Stream.empty();
    }
  }

  /** Null: there is no address. */
  @Nullable Endpoint take() {
    Endpoint sent = once;
    once = null;
    if (sent == null && all.isEmpty()) {
      return null;
    }
    sentThere = sent != null || next < assigned.size();
    last = sent != null ? sent : all.get(next);
    taken++;
    return last;
  }

  /** Whether the gateway at the address that was taken is to take this client. */
  boolean redirected() {
    return followed || sentThere;
  }

  /** Whether an address was followed, in vain, since the last Welcome. */
  boolean followed() {
    return followed;
  }

  /** Whether there are addresses that were not tried yet since the start. */
  boolean untried() {
    return taken < all.size();
  }

  void welcomed() {
    followed = false;
  }

  /** Not the same again, if there is another. */
  void elsewhere() {
    next++;
    if (next >= all.size()) {
      next = 0;
      fresh = false;
    }
  }

  /**
   * There, for one attempt.
   *
   * @throws IllegalArgumentException says what is wrong with the address
   */
  void once(String address) {
    followed = true; // also when it is no address: the gateway must not name it again
    once = Endpoint.at(address, last);
  }
}
