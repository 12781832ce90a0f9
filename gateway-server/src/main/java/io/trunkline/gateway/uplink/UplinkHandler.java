package io.trunkline.gateway.uplink;

/** A method of a service. Called by many threads at a time. */
@FunctionalInterface
public interface UplinkHandler {

  /**
   * Answers a call. An exception is answered {@code INTERNAL} and logged; the caller does not see
   * its message. A blocking method is interrupted when the deadline passes or the caller goes away.
   */
  CallResult handle(UplinkCall call) throws Exception;
}
