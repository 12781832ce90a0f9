package io.trunkline.jms;

import java.time.Duration;
import java.util.Optional;

/** A downlink message to be published. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Draft(
    Target target,
    Expect expect,
    Optional<String> id,
    String type,
    String contentType,
    byte[] payload,
    Optional<String> key,
    boolean persistent,
    int priority,
    Optional<Duration> timeToLive) {}
