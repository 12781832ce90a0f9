package io.trunkline.console;

import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.component.notification.NotificationVariant;

/** Short messages at the foot of the page. */
final class Notices {
  private static final int SHOWN_MS = 5_000;

  private Notices() {}

  static Notification done(String text) {
    return show(text, NotificationVariant.SUCCESS);
  }

  static Notification error(String text) {
    return show(text, NotificationVariant.ERROR);
  }

  private static Notification show(String text, NotificationVariant variant) {
    Notification notification = Notification.show(text, SHOWN_MS, Notification.Position.BOTTOM_END);
    notification.addThemeVariants(variant);
    return notification;
  }
}
