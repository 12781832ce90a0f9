package io.trunkline.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** A straight line through measured points, by least squares. */
final class Line {
  private record Point(double x, double y) {}

  private final List<Point> points = new ArrayList<>();

  void add(double x, double y) {
    points.add(new Point(x, y));
  }

  /** By how much y rises with each x; not a number with fewer than two different x. */
  double slope() {
    double meanX = points.stream().mapToDouble(Point::x).average().orElse(Double.NaN);
    double meanY = points.stream().mapToDouble(Point::y).average().orElse(Double.NaN);
    double xy = 0;
    double xx = 0;
    for (Point point : points) {
      xy += (point.x() - meanX) * (point.y() - meanY);
      xx += (point.x() - meanX) * (point.x() - meanX);
    }
    return xy / xx;
  }
}
