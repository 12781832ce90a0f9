package io.trunkline.invocation.typed;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How long an answer of this method is waited for, in place of the proxy's time-out. For a call
 * that needs another, make another proxy: that is cheap.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Timeout {
  /** A whole number and {@code ms}, {@code s}, {@code m} or {@code h}: {@code 2s}. */
  String value();
}
