package io.trunkline.console;

import com.vaadin.flow.server.VaadinServiceInitListener;
import io.trunkline.jms.JmsBridge;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What pages work with, wired once per process; nothing here belongs to a browser window. Does not
 * own database and broker.
 */
final class ConsoleServices implements AutoCloseable {
  private final Background background = new Background();
  private final Stores stores;
  private final SessionFeed feed;
  private final HealthWatch health;
  private final DeadWatch dead;
  private final OperatorActions actions;
  private final Retries retries;
  private final NodeReader nodeReader;
  private final NodeActions nodeActions;
  private final NodeForgetting nodeForgetting;
  private final NodeApi nodeApi;
  private final ServiceWatch services;
  private final LogIn logIn;

  ConsoleServices(ConsoleConfig config, Stores stores, JmsBridge bridge) {
    this.stores = stores;
    this.feed = new SessionFeed(background, config.pushInterval(), config.refreshInterval());
    this.health =
        new HealthWatch(background, config.healthInterval(), stores.healthy(), bridge::connected);
    var log = new ActionLog(stores.operators());
    this.actions = new OperatorActions(bridge, log, stores.messages());
    this.dead = new DeadWatch(background, config.refreshInterval(), stores.messages());
    this.retries = new Retries(actions, stores.messages(), dead, background);
    this.nodeReader = new NodeReader(stores.nodes());
    this.nodeActions = new NodeActions(stores.nodes(), bridge, log);
    this.nodeApi = new NodeApi(config.apiToken(), config.apiTimeout());
    this.nodeForgetting = new NodeForgetting(stores.nodes(), nodeApi, log);
    this.services =
        new ServiceWatch(background, config.refreshInterval(), stores.nodes(), nodeApi, log);
    this.logIn =
        new LogIn(
            stores.operators(),
            new LoginThrottle(config.loginAttempts(), config.loginWait(), InstantSource.system()));
    // What could not be read while something was away is read as soon as it is back.
    health.subscribe(now -> feed.signalPages());
    bridge.consumeEvents(feed::accept);
  }

  /** A page; {@code null} if it needs nothing of ours. */
  @Nullable Object page(Class<?> type) {
    if (type == LoginView.class) {
      return new LoginView(logIn);
    } else if (type == MainLayout.class) {
      return new MainLayout(health, dead);
    } else if (type == SessionsView.class) {
      return new SessionsView(stores, feed, actions);
    } else if (type == NodesView.class) {
      return new NodesView(nodeReader, nodeActions, nodeForgetting, feed, background);
    } else if (type == ServicesView.class) {
      return new ServicesView(services, background);
    } else if (type == PushView.class) {
      return new PushView(stores.sessions(), actions, background);
    } else if (type == MessagesView.class) {
      return new MessagesView(new MessageLookup(stores), retries, background);
    } else if (type == DeadLettersView.class) {
      return new DeadLettersView(stores.messages(), retries, dead);
    } else if (type == ActivityView.class) {
      return new ActivityView(stores.operators(), feed);
    }
    return null;
  }

  /** Every page but the log-in needs an operator; what goes wrong is said in words. */
  VaadinServiceInitListener rules() {
    return new PageRules();
  }

  SessionFeed feed() {
    return feed;
  }

  @Override
  public void close() {
    nodeApi.close();
    background.close();
  }
}
