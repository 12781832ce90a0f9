package io.trunkline.invocation.typed;

import io.trunkline.protocol.v1.Status;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The status that a declared exception is answered with, for callers that know statuses only.
 * Without it: {@code CONFLICT}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Fails {
  /** Not OK. */
  Status value();
}
