package io.trunkline.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import java.util.List;

/** What each node said when it was to read its routes. */
final class ReloadDialog extends Dialog {

  ReloadDialog(List<NodeAnswer> answers) {
    setId("reload-dialog");
    long good = answers.stream().filter(ReloadDialog::isGood).count();
    setHeaderTitle(
        good == answers.size()
            ? "Routes reloaded"
            : "Routes reloaded on " + good + " of " + answers.size() + " nodes");
    var list = new DescriptionList();
    for (NodeAnswer answer : answers) {
      list.add(new DescriptionList.Term(answer.node()), words(answer));
    }
    var content = new Div(list);
    content.addClassName("reload-answers");
    add(content);
    var close = new Button("Close", click -> close());
    close.setId("reload-close");
    close.setAutofocus(true);
    getFooter().add(close);
  }

  private static boolean isGood(NodeAnswer answer) {
    return answer.result() instanceof NodeAnswer.Answered;
  }

  private static DescriptionList.Description words(NodeAnswer answer) {
    var state = new Span();
    var text = new Span();
    switch (answer.result()) {
      case NodeAnswer.Answered(NodeServices services) -> {
        state.setText(services.routes().loadedAt() == null ? "no file" : "taken over");
        state.addClassNames("state", "state-good");
        int count = services.services().size();
        text.setText(count == 1 ? "1 service" : Texts.count(count) + " services");
      }
      case NodeAnswer.Refused(String why) -> {
        state.setText("refused");
        state.addClassNames("state", "state-bad");
        text.setText(why);
      }
      case NodeAnswer.Silent(String why) -> {
        state.setText("no answer");
        state.addClassNames("state", "state-warn");
        text.setText(why);
      }
    }
    return new DescriptionList.Description(state, text);
  }
}
