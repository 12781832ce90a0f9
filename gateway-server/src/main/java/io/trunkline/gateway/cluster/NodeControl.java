package io.trunkline.gateway.cluster;

import io.netty.util.Timer;
import io.trunkline.gateway.session.Bans;
import io.trunkline.gateway.session.DetachedSessions;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.jms.Command;
import io.trunkline.persistence.BanStore.Ban;
import io.trunkline.persistence.SessionClose;
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
public final class NodeControl implements Consumer<Command> {
  private static final Logger log = LoggerFactory.getLogger(NodeControl.class);

  private final SessionRegistry registry;
  private final DetachedSessions detached;
  private final Bans bans;
  private final Consumer<String> nodesChanged;
  private final Executor blocking;
  private final InstantSource clock;
  private final Runnable afterGap;

  /**
   * @param nodesChanged told of which node the database has something new; must not block
   * @param afterGap called when commands may have been missed; does not block
   */
  public NodeControl(
      SessionRegistry registry,
      DetachedSessions detached,
      Bans bans,
      Consumer<String> nodesChanged,
      Executor blocking,
      InstantSource clock,
      Runnable afterGap) {
    this.registry = registry;
    this.detached = detached;
    this.bans = bans;
    this.nodesChanged = nodesChanged;
    this.blocking = blocking;
    this.clock = clock;
    this.afterGap = afterGap;
  }

  @Override
  public void accept(Command command) {
    switch (command) {
      case Command.Kick kick ->
          registry
              .find(kick.session())
              .ifPresentOrElse(
                  held -> kick(held, kick), () -> blocking.execute(() -> kickDetached(kick)));
      case Command.LetGo letGo ->
          registry
              .find(letGo.session())
              .filter(held -> held.epoch() <= letGo.epoch())
              .ifPresent(held -> held.letGo(closeCode(letGo.code()), letGo.reason()));
      case Command.Missed _ -> {
        blocking.execute(this::refreshBans);
        afterGap.run();
      }
      case Command.BansChanged _ -> blocking.execute(this::refreshBans);
      case Command.NodeChanged changed -> nodesChanged.accept(changed.node());
    }
  }

  /** The ban comes first: a client that is quick must not slip back in. */
  private void kick(Session session, Command.Kick kick) {
    ban(session.info().user(), session.info().device(), kick);
    log.info("{} kicked by {}: {}", session, kick.by(), kick.reason());
    session.end(CloseCode.KICKED, why(kick));
  }

  /**
   * The session may be one without a connection, which is ended in the database. All nodes try, one
   * succeeds; that one enters the ban.
   */
  private void kickDetached(Command.Kick kick) {
    try {
      detached
          .end(
              kick.session(),
              new SessionClose(CloseCode.KICKED_VALUE, CloseCode.KICKED.name(), why(kick)))
          .ifPresent(
              session -> {
                log.info("detached session {} kicked by {}", session.id(), kick.by());
                ban(session.user(), session.device(), kick);
              });
    } catch (RuntimeException e) {
      log.warn("kick of {}, which is not held here: {}", kick.session(), e.toString());
    }
  }

  private void ban(String user, String device, Command.Kick kick) {
    kick.banFor()
        .ifPresent(
            duration -> {
              try {
                bans.add(
                    new Ban(
                        user, Optional.of(device), clock.instant().plus(duration), kick.reason()));
              } catch (RuntimeException e) {
                log.error("the ban of {}/{} could not be stored", user, device, e);
              }
            });
  }

  private static String why(Command.Kick kick) {
    return "kicked by " + kick.by() + ": " + kick.reason();
  }

  /** Of a later version's list perhaps. */
  private static CloseCode closeCode(int number) {
    CloseCode code = CloseCode.forNumber(number);
    return code == null ? CloseCode.MOVED : code;
  }

  public void refreshBansEvery(Duration interval, Timer timer) {
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
