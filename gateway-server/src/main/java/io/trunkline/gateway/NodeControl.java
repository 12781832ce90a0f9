package io.trunkline.gateway;

import io.netty.util.Timer;
import io.trunkline.gateway.session.Bans;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.jms.Command;
import io.trunkline.persistence.BanStore.Ban;
import io.trunkline.protocol.v1.CloseCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what operators ask of this node. On the bridge's thread. */
final class NodeControl implements Consumer<Command> {
  private static final Logger log = LoggerFactory.getLogger(NodeControl.class);

  private final SessionRegistry registry;
  private final Bans bans;
  private final Executor blocking;
  private final InstantSource clock;

  NodeControl(SessionRegistry registry, Bans bans, Executor blocking, InstantSource clock) {
    this.registry = registry;
    this.bans = bans;
    this.blocking = blocking;
    this.clock = clock;
  }

  @Override
  public void accept(Command command) {
    switch (command) {
      case Command.Kick kick -> registry.find(kick.session()).ifPresent(held -> kick(held, kick));
      case Command.BansChanged changed -> blocking.execute(this::refreshBans);
    }
  }

  /** The ban comes first: a client that is quick must not slip back in. */
  private void kick(Session session, Command.Kick kick) {
    kick.banFor()
        .ifPresent(
            duration -> {
              try {
                bans.add(
                    new Ban(
                        session.info().user(),
                        Optional.of(session.info().device()),
                        clock.instant().plus(duration),
                        kick.reason()));
              } catch (RuntimeException e) {
                log.error("the ban of {} could not be stored", session, e);
              }
            });
    log.info("{} kicked by {}: {}", session, kick.by(), kick.reason());
    session.end(CloseCode.KICKED, "kicked by " + kick.by() + ": " + kick.reason());
  }

  void refreshBansEvery(Duration interval, Timer timer) {
    timer.newTimeout(
        timeout -> {
          blocking.execute(this::refreshBans);
          refreshBansEvery(interval, timer);
        },
        interval.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private void refreshBans() {
    try {
      bans.refresh();
    } catch (RuntimeException e) {
      log.warn("bans cannot be read again at present: {}", e.toString());
    }
  }
}
