package io.trunkline.console;

/**
 * What came of retrying messages.
 *
 * @param asked how many should be
 * @param retried are pending again
 * @param notDead others were quicker: a client acknowledged, an operator retried
 */
record RetryOutcome(int asked, int retried, int notDead) {

  /** False: the database went away before all were done. */
  boolean isComplete() {
    return retried + notDead == asked;
  }

  /** For a person. */
  String words() {
    String done =
        asked == 1 && isComplete()
            ? retried == 1 ? "Pending again" : "It was not dead any more"
            : Texts.count(retried)
                + " pending again"
                + (notDead == 0 ? "" : ", " + Texts.count(notDead) + " not dead any more");
    return isComplete()
        ? done
        : done
            + ", "
            + Texts.count((long) asked - retried - notDead)
            + " not done: the database does not answer";
  }
}
