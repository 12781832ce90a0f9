package io.trunkline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LineTest {
  private final Line line = new Line();

  @Test
  void slope_isThatOfTheLineNearestToAllPoints() {
    line.add(0, 1);
    line.add(1, 3);
    line.add(2, 2);
    line.add(3, 6);

    assertThat(line.slope()).isCloseTo(1.4, within(1e-9));
  }

  @Test
  void slope_ofOnePoint_isNoNumber() {
    line.add(5, 1);

    assertThat(line.slope()).isNaN();
  }
}
