package io.trunkline.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import io.trunkline.persistence.NodeState;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.time.Instant;

/** Asks before a node that is gone is forgotten, and says what goes with it and what does not. */
final class ForgetDialog extends ConfirmDialog {

  /**
   * @param onConfirm called on the window
   */
  ForgetDialog(NodeRow node, Runnable onConfirm) {
    setId("forget-dialog");
    setHeader("Forget " + node.id() + "?");
    var content =
        new Div(
            new Paragraph(
                (node.state() == NodeState.LEFT ? "It left " : "Its lease ended ")
                    + Texts.ago(node.leaseUntil(), Instant.now())
                    + ". For a node that does not come back:"
                    + " it is taken off this list, and its subscription in the broker is removed with"
                    + " what waits in it (passing messages, and copies of stored ones)."),
            new Paragraph(
                "Stored messages are not lost, and its sessions can still be resumed on other nodes."
                    + " If it starts again, it joins as a new node. Not needed: after a time"
                    + " (node.forget-after) nodes are forgotten by themselves."));
    content.addClassName("dialog-content");
    add(content);
    var confirm = new Button("Forget");
    confirm.setId("forget-confirm");
    confirm.addThemeVariants(ButtonVariant.PRIMARY, ButtonVariant.ERROR);
    setConfirmButton(confirm);
    setCancelable(true);
    addConfirmListener(event -> onConfirm.run());
  }
}
