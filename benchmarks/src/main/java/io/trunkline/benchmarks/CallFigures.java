package io.trunkline.benchmarks;

/**
 * What was measured of calls in some time.
 *
 * @param seconds how long
 * @param serverCpuSeconds of the server's process in that time
 * @param loadCpuSeconds of the process that made the calls
 */
record CallFigures(
    CallTimes times, double seconds, double serverCpuSeconds, double loadCpuSeconds) {
  private static final double MILLION = 1e6;
  private static final double NANOS_PER_MILLI = 1e6;

  /** Measures calls that are already going round. */
  static CallFigures measure(CallLoad load, ProcessFigures server, Sizes sizes)
      throws BenchmarkException {
    Clock.pause(1_000L * sizes.warmUpSeconds());
    load.record();
    double serverCpu = server.cpuSeconds();
    double loadCpu = load.figures().cpuSeconds();
    long begin = System.nanoTime();
    Clock.pause(1_000L * sizes.callSeconds());
    double seconds = Progress.secondsSince(begin);
    serverCpu = server.cpuSeconds() - serverCpu;
    loadCpu = load.figures().cpuSeconds() - loadCpu;
    return new CallFigures(load.stop(), seconds, serverCpu, loadCpu);
  }

  double callsPerSecond() {
    return times.calls() / seconds;
  }

  double callsPerServerCpuSecond() {
    return times.calls() / serverCpuSeconds;
  }

  double serverCpuSecondsPerMillion() {
    return serverCpuSeconds * MILLION / times.calls();
  }

  double loadCpuSecondsPerMillion() {
    return loadCpuSeconds * MILLION / times.calls();
  }

  double p50Millis() {
    return times.p50Nanos() / NANOS_PER_MILLI;
  }

  double p99Millis() {
    return times.p99Nanos() / NANOS_PER_MILLI;
  }

  double p999Millis() {
    return times.p999Nanos() / NANOS_PER_MILLI;
  }
}
