package io.trunkline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void written_keepsThreeDigits() {
    assertThat(Table.written(182_345.6)).isEqualTo("182,000");
    assertThat(Table.written(999.4)).isEqualTo("999");
    assertThat(Table.written(42.04)).isEqualTo("42.0");
    assertThat(Table.written(1.736)).isEqualTo("1.74");
    assertThat(Table.written(0.0624)).isEqualTo("0.062");
  }

  @Test
  void written_ofNoNumber_isADash() {
    assertThat(Table.written(Double.NaN)).isEqualTo("-");
  }
}
