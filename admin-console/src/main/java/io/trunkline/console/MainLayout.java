package io.trunkline.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.applayout.AppLayout;
import com.vaadin.flow.component.applayout.DrawerToggle;
import com.vaadin.flow.component.avatar.Avatar;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.page.ColorScheme;
import com.vaadin.flow.component.sidenav.SideNav;
import com.vaadin.flow.component.sidenav.SideNavItem;
import com.vaadin.flow.server.VaadinSession;
import com.vaadin.flow.server.auth.AnonymousAllowed;
import com.vaadin.flow.shared.Registration;
import io.trunkline.console.HealthWatch.Health;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The frame of all pages behind the log-in. */
@AnonymousAllowed // the pages in it decide
public final class MainLayout extends AppLayout {
  private static final long MAX_BADGE = 999;

  private final transient HealthWatch health;
  private final transient DeadWatch dead;
  private final Div banner = new Div();
  private final Button colours = new Button(VaadinIcon.MOON.create());
  private final Span deadCount = new Span();
  private @Nullable Registration healthSubscription;
  private @Nullable Registration deadSubscription;

  MainLayout(HealthWatch health, DeadWatch dead) {
    this.health = health;
    this.dead = dead;
    setPrimarySection(Section.DRAWER);
    addToDrawer(brand(), navigation());

    banner.setId("banner");
    banner.addClassName("banner");
    banner.getElement().setAttribute("role", "alert");
    var space = new Div();
    space.addClassName("navbar-space");
    colours.setId("colours");
    colours.addThemeVariants(ButtonVariant.TERTIARY);
    colours.setAriaLabel("Light or dark");
    colours.setTooltipText("Light or dark");
    colours.addClickListener(click -> toggleColours());
    addToNavbar(new DrawerToggle(), banner, space, colours, who(), logOut());
  }

  @Override
  protected void onAttach(AttachEvent event) {
    super.onAttach(event);
    UI ui = event.getUI();
    var chosen = VaadinSession.getCurrent().getAttribute(ColorScheme.Value.class);
    if (chosen != null) {
      ui.getPage().setColorScheme(chosen);
    }
    show(health.last());
    healthSubscription = health.subscribe(now -> ui.accessLater(() -> show(now), () -> {}).run());
    showDead(dead.last());
    deadSubscription = dead.subscribe(now -> ui.accessLater(() -> showDead(now), () -> {}).run());
  }

  @Override
  protected void onDetach(DetachEvent event) {
    if (healthSubscription != null) {
      healthSubscription.remove();
    }
    if (deadSubscription != null) {
      deadSubscription.remove();
    }
    super.onDetach(event);
  }

  private void show(Health now) {
    String away =
        now.database()
            ? now.broker() ? "" : "The broker is away: nothing can be kicked or pushed."
            : now.broker()
                ? "The database is away: lists are empty or old."
                : "Database and broker are away.";
    banner.setText(away);
    banner.setVisible(!away.isEmpty());
  }

  private void showDead(OptionalLong count) {
    long number = count.orElse(0);
    deadCount.setText(number > MAX_BADGE ? MAX_BADGE + "+" : Long.toString(number));
    deadCount.getElement().setAttribute("aria-label", Texts.count(number) + " dead letters");
    deadCount.setVisible(number > 0);
  }

  private void toggleColours() {
    boolean dark =
        VaadinSession.getCurrent().getAttribute(ColorScheme.Value.class) == ColorScheme.Value.DARK;
    var next = dark ? ColorScheme.Value.LIGHT : ColorScheme.Value.DARK;
    VaadinSession.getCurrent().setAttribute(ColorScheme.Value.class, next);
    UI.getCurrent().getPage().setColorScheme(next);
  }

  private static Component brand() {
    var name = new Span("Trunkline");
    name.addClassName("brand-name");
    var brand = new Div(Brand.mark(), name);
    brand.addClassName("brand");
    return brand;
  }

  private SideNav navigation() {
    deadCount.setId("nav-dead-count");
    deadCount.addClassNames("state", "state-bad");
    var deadLetters = item("nav-dead", "Dead letters", DeadLettersView.class, VaadinIcon.ARCHIVE);
    deadLetters.setSuffixComponent(deadCount);
    var navigation = new SideNav();
    navigation.addItem(
        item("nav-sessions", "Live sessions", SessionsView.class, VaadinIcon.CONNECT),
        item("nav-nodes", "Nodes", NodesView.class, VaadinIcon.SERVER),
        item("nav-services", "Services", ServicesView.class, VaadinIcon.EXCHANGE),
        item("nav-push", "Push", PushView.class, VaadinIcon.PAPERPLANE),
        item("nav-messages", "Messages", MessagesView.class, VaadinIcon.ENVELOPE),
        deadLetters,
        item("nav-activity", "Activity", ActivityView.class, VaadinIcon.CLIPBOARD_TEXT));
    return navigation;
  }

  private static SideNavItem item(
      String id, String label, Class<? extends Component> page, VaadinIcon icon) {
    var item = new SideNavItem(label, page, icon.create());
    item.setId(id);
    return item;
  }

  private static Component who() {
    String name = Operator.current().map(Operator::name).orElse("");
    var text = new Span(name);
    text.setId("operator");
    var avatar = new Avatar(name);
    avatar.getElement().setAttribute("aria-hidden", "true");
    var who = new Div(avatar, text);
    who.addClassName("who");
    return who;
  }

  private static Button logOut() {
    var button = new Button("Log out", VaadinIcon.SIGN_OUT.create());
    button.setId("logout");
    button.addThemeVariants(ButtonVariant.TERTIARY);
    button.addClickListener(
        click -> {
          UI.getCurrent().getPage().setLocation("/login");
          VaadinSession.getCurrent().getSession().invalidate();
        });
    return button;
  }
}
