package io.trunkline.persistence;

/** Order of a list of sessions; ties are broken by id, so that paging is stable. */
public record SessionSort(By by, boolean descending) {
  public enum By {
    USER,
    STARTED_AT,
    NODE,
    CLIENT,
    REMOTE_ADDRESS
  }

  public static final SessionSort NEWEST_FIRST = new SessionSort(By.STARTED_AT, true);
}
