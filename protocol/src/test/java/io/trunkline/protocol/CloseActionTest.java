package io.trunkline.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.protocol.v1.CloseCode;
import org.junit.jupiter.api.Test;

class CloseActionTest {
  @Test
  void action_followsTheRange_alsoOfCodesYetUnknown() {
    assertThat(CloseAction.of(CloseCode.LIVENESS_TIMEOUT_VALUE))
        .isEqualTo(CloseAction.RECONNECT_NOW);
    assertThat(CloseAction.of(CloseCode.OVERLOADED_VALUE)).isEqualTo(CloseAction.RECONNECT_LATER);
    assertThat(CloseAction.of(CloseCode.DRAINING_VALUE)).isEqualTo(CloseAction.RECONNECT_ELSEWHERE);
    assertThat(CloseAction.of(CloseCode.MALFORMED_FRAME_VALUE))
        .isEqualTo(CloseAction.DO_NOT_RECONNECT);
    assertThat(CloseAction.of(CloseCode.TOKEN_EXPIRED_VALUE))
        .isEqualTo(CloseAction.NEW_CREDENTIALS);
    assertThat(CloseAction.of(CloseCode.KICKED_VALUE)).isEqualTo(CloseAction.DO_NOT_RECONNECT);
    assertThat(CloseAction.of(4199)).isEqualTo(CloseAction.RECONNECT_LATER);
    assertThat(CloseAction.of(1006)).isEqualTo(CloseAction.RECONNECT_NOW);
  }

  @Test
  void everyCode_isAWebSocketCloseCodeOfThePrivateRange() {
    for (CloseCode code : CloseCode.values()) {
      if (code != CloseCode.UNRECOGNIZED && code != CloseCode.CLOSE_CODE_UNSPECIFIED) {
        assertThat(code.getNumber()).isBetween(4000, 4599);
      }
    }
  }
}
