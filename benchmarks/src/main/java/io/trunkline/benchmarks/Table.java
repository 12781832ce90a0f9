package io.trunkline.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A Markdown table. Numbers keep three significant digits: more would promise too much. */
final class Table {
  private final String title;
  private final List<String> lines = new ArrayList<>();

  Table(String title, String... columns) {
    this.title = title;
    add((Object[]) columns);
    add(Collections.nCopies(columns.length, "---").toArray());
  }

  /** A row; a Double is written with three significant digits, all else as it is. */
  Table add(Object... cells) {
    lines.add(
        "| "
            + String.join(
                " | ",
                Arrays.stream(cells)
                    .map(cell -> cell instanceof Double number ? written(number) : cell.toString())
                    .toList())
            + " |");
    return this;
  }

  static String written(double number) {
    if (!Double.isFinite(number)) {
      return "-";
    }
    double size = Math.abs(number);
    if (size >= 100) {
      double unit = Math.pow(10, Math.floor(Math.log10(size)) - 2);
      return String.format(Locale.ROOT, "%,d", Math.round(number / unit) * Math.round(unit));
    }
    String format = size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, number);
  }

  void print(PrintStream out) {
    out.println("### " + title);
    out.println();
    lines.forEach(out::println);
    out.println();
    out.flush();
  }
}
