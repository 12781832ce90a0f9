package io.trunkline.configuration;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One setting: a component of a configuration record. The key is the component's name in kebab
 * case, behind the name of the section that holds the record: {@code record DatabaseConfig(int
 * poolSize)} as section {@code db} has the key {@code db.pool-size}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

  /** What the setting does, for the one who sets it; one sentence. */
  String doc();

  /**
   * The default as it would be written in a file. An empty default of a component of type {@code
   * Optional} or {@code List} means that there is none; of any other type, that it must be given.
   */
  String value() default "";

  /** Smallest value allowed, written as the value is; empty: no bound. */
  String min() default "";

  /** Largest value allowed, written as the value is; empty: no bound. */
  String max() default "";

  /** A secret is never printed or logged. */
  boolean secret() default false;
}
