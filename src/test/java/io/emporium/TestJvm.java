package io.emporium;

/** Which of the JVMs that run the tests side by side this is: 1 or 2, as the build's {@code forkCount} has it. */
final class TestJvm {
    static final int NUMBER = Integer.getInteger("emporium.test.jvm", 1);
    static final int MOST = 2;

    private TestJvm() {}
}
