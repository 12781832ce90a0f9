package io.trunkline.invocation.typed;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name of a method on the wire. Without it, the method's name, with its signature where it is
 * overloaded: {@code get(long,String)}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Method {
  /** 1 to 64 letters, digits, {@code _} and {@code -}. */
  String value();
}
