package io.trunkline.gateway.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NameTableTest {
  @Test
  void everyNameIsFound_andNoOther() {
    Map<String, Integer> map = new HashMap<>();
    for (int size = 0; size < 300; size++) {
      var table = new NameTable<>(map);
      assertThat(table.map()).isEqualTo(map);
      map.forEach((name, value) -> assertThat(table.get(name)).isEqualTo(value));
      assertThat(table.get("service" + size)).isNull();
      assertThat(table.get("")).isNull();
      map.put("service" + size, size);
    }
  }

  @Test
  void namesOfOneHash_areToldApart() {
    var table = new NameTable<>(Map.of("Aa", 1, "BB", 2));
    assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
    assertThat(table.get("Aa")).isEqualTo(1);
    assertThat(table.get("BB")).isEqualTo(2);
  }
}
