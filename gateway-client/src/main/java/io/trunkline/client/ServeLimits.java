package io.trunkline.client;

/**
 * How much a client takes on of what the gateway calls, for each service that it offers. What is
 * over is answered {@code BUSY}.
 *
 * @param maxConcurrent calls that are worked on at a time, each on a thread of its own; from 1
 * @param maxQueued calls that wait meanwhile; from 0
 */
public record ServeLimits(int maxConcurrent, int maxQueued) {
  public static final ServeLimits DEFAULT = new ServeLimits(8, 64);

  public ServeLimits {
    if (maxConcurrent < 1) {
      throw new IllegalArgumentException("maxConcurrent is under 1: " + maxConcurrent);
    }
    if (maxQueued < 0) {
      throw new IllegalArgumentException("maxQueued is under 0: " + maxQueued);
    }
  }
}
