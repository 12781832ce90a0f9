package io.trunkline.jms;

/**
 * A refusal.
 *
 * @param reason one sentence for the publisher
 */
record Reject(RejectCode code, String reason) {}
