package io.emporium;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;

/** Sockets to a server that is some way off: what is sent is under way for so long, and the answer comes at once. */
public final class FarSockets extends SocketFactory {
    private final Duration away;

    /** @param milliseconds of a round trip */
    public FarSockets(String milliseconds) {
        away = Duration.ofNanos((long) (Double.parseDouble(milliseconds) * 1e6));
    }

    @Override
    public Socket createSocket() {
        return new FarSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
        throw new UnsupportedOperationException();
    }

    private final class FarSocket extends Socket {
        private boolean sent;

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int from, int count) throws IOException {
                    // Once for all that goes out before an answer is awaited, as on a wire.
                    if (!sent) {
                        sent = true;
                        LockSupport.parkNanos(away.toNanos());
                    }
                    out.write(bytes, from, count);
                }
            };
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read(byte[] bytes, int from, int count) throws IOException {
                    sent = false;
                    return in.read(bytes, from, count);
                }
            };
        }
    }
}
