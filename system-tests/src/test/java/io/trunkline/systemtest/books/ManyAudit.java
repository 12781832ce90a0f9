package io.trunkline.systemtest.books;

import com.google.gson.JsonObject;
import io.trunkline.systemtest.books.Ledger.Entry;
import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.ReceiptReader.Receipt;
import io.trunkline.systemtest.books.Sight.Shown;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Persistent messages for many: stored once, summed up once, and each addressee gets each or is
 * told that it is missing.
 */
final class ManyAudit {
  private static final String SUMMARY = "SUMMARY";
  private final Findings findings;

  ManyAudit(Findings findings) {
    this.findings = findings;
  }

  void audit(Publication publication) {
    List<Entry> entries = findings.stored(publication);
    List<String> trace = findings.trace(publication);
    if (entries.size() != 1 || !entries.getFirst().place().stream().equals(publication.stream())) {
      findings.problem(
          publication,
          "%s, stored as %s, traced as %s".formatted(publication.to(), entries, trace));
      return;
    }
    copies(publication, entries.getFirst());
    summary(publication);
    receipts(publication);
    List<String> expected = new ArrayList<>(List.of("STORED", "CLOSED"));
    findings.receipts(publication).stream()
        .filter(Receipt::terminal)
        .forEach(each -> expected.add(each.status()));
    List<String> traced = new ArrayList<>(trace);
    Collections.sort(expected);
    Collections.sort(traced);
    if (!traced.equals(expected)) {
      findings.problem(
          publication, "the receipts say %s, but the trace %s".formatted(expected, traced));
    }
  }

  private void copies(Publication publication, Entry entry) {
    List<String> missing = new ArrayList<>();
    for (Showing showing : findings.addressees(publication)) {
      List<Shown> shown = showing.of(publication.id());
      if (!shown.isEmpty()) {
        findings.countCopy(publication, "SHOWN");
      } else if (showing.wasToldMissing(entry.place())) {
        findings.countCopy(publication, "TOLD_MISSING");
      } else {
        missing.add(showing.user());
      }
      shown.stream()
          .filter(each -> !each.place().equals(entry.place()))
          .forEach(each -> findings.problem(publication, "is at " + entry + ", shown as " + each));
    }
    if (!missing.isEmpty()) {
      findings.problem(
          publication, "is at %s, but these never saw it: %s".formatted(entry, missing));
    }
  }

  private void summary(Publication publication) {
    List<JsonObject> summaries =
        findings.receipts(publication).stream()
            .filter(each -> each.status().equals(SUMMARY))
            .map(Receipt::json)
            .toList();
    if (summaries.size() != 1) {
      findings.problem(publication, "has " + summaries.size() + " summaries: " + summaries);
      return;
    }
    findings.count(publication, SUMMARY);
    JsonObject summary = summaries.getFirst();
    long terminal = findings.receipts(publication).stream().filter(Receipt::terminal).count();
    long acked = number(summary, "acked");
    long sent = number(summary, "sent");
    // What is acknowledged after the summary has a receipt too.
    if (acked > terminal || sent < acked || number(summary, "matched") < sent) {
      findings.problem(
          publication, "with %d receipts the summary says %s".formatted(terminal, summary));
    }
  }

  private static long number(JsonObject summary, String name) {
    return summary.getAsJsonObject("counts").get(name).getAsLong();
  }

  private void receipts(Publication publication) {
    findings.receipts(publication).stream()
        .filter(Receipt::terminal)
        .collect(Collectors.groupingBy(each -> each.json().get("session").getAsString()))
        .forEach(
            (session, of) -> {
              if (of.size() > 1) {
                findings.problem(publication, "several receipts of session " + session + ": " + of);
              }
            });
  }

  /** Only what was given up is said to be missing. */
  void auditGaps(Map<String, Long> givenUp) {
    for (Showing showing : findings.showings()) {
      showing
          .told()
          .forEach(
              (stream, upTo) -> {
                long really = givenUp.getOrDefault(stream, 0L);
                if (upTo > really) {
                  findings.problem(
                      "",
                      "%s was told that %s is not recovered up to %d; given up is %d"
                          .formatted(showing.user(), stream, upTo, really));
                }
              });
    }
    for (Kind kind : List.of(Kind.BROADCAST, Kind.TOPIC)) {
      for (Publication publication : findings.published(kind)) {
        findings.stored(publication).stream()
            .filter(each -> each.state().equals("GONE"))
            .filter(each -> each.offset() > givenUp.getOrDefault(publication.stream(), 0L))
            .forEach(
                each -> findings.problem(publication, "is gone, though not given up: " + each));
      }
    }
  }
}
