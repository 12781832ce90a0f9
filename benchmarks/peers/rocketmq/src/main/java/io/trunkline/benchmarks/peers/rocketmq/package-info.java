/** Echo on RocketMQ's remoting. */
@NullMarked
package io.trunkline.benchmarks.peers.rocketmq;

import org.jspecify.annotations.NullMarked;
