import { describe, expect, it } from 'vitest';
import { signTencentCall } from '../../../pipelines/pull/tencent-signature.js';

describe('TC3-HMAC-SHA256', () => {
  it('gives the signature of the worked example in the documentation', () => {
    // cloud.tencent.com/document/api/213/30654 (签名方法 v3), keys and figures as printed there
    const authorization = signTencentCall({
      secretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE',
      secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
      service: 'cvm',
      host: 'cvm.tencentcloudapi.com',
      timestamp: 1_551_113_065,
      body: '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}',
    });
    expect(authorization).toBe(
      'TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, ' +
        'SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168',
    );
  });

  it('dates the scope by the UTC day', () => {
    const call = { secretId: 'i', secretKey: 'k', service: 'live', host: 'h', body: '{}' };
    // 2026-01-01T00:30 in Beijing
    const authorization = signTencentCall({ ...call, timestamp: Date.UTC(2025, 11, 31, 16, 30) / 1000 });
    expect(authorization).toContain('Credential=i/2025-12-31/live/tc3_request');
  });
});
